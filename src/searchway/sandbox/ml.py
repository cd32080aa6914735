"""Anomaly detection jobs, Elasticsearch's: enough of them to flush one.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-ml-flush-job.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, not_found, unrecognized
from searchway.sandbox.jsontext import read_body, scan, token
from searchway.sandbox.parameters import parse_flag, seconds
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.shapes import JobBody, check

_FIELDS = ("calc_interim", "start", "end", "advance_time", "skip_time")
_PARSER = "[cluster:admin/xpack/ml/job/flush]"
_DEFAULT_SPAN = 300.0
_MILLIS_FROM = 10_000_000_000
_DEPRECATED = (
    '299 Elasticsearch-8.19.21 "Forcing any buffered data to be processed is deprecated, '
    'in a future major version it will be compulsory to use a datafeed"'
)


@dataclass(slots=True, kw_only=True)
class Job:
    """An anomaly detection job."""

    name: str
    # Its configuration as it was given.
    body: dict[str, Any]
    # Length of a bucket in milliseconds.
    span: int
    is_open: bool = False
    # End of the newest bucket that is final, in epoch milliseconds; None before any.
    finalized: int | None = None


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family."""
    if not engine.is_elasticsearch:
        return []
    manage = Privilege(action="cluster:admin/xpack/ml/job/put", granted_by=("manage_ml", "manage", "all"))
    flush = Privilege(action="cluster:admin/xpack/ml/job/flush", granted_by=("manage_ml", "manage", "all"))
    base = "/_ml/anomaly_detectors/{job_id}"
    return [
        route("PUT", base, put_job, "ignore_unavailable allow_no_indices expand_wildcards ignore_throttled", manage),
        route("GET", base, get_job, "allow_no_match exclude_generated", manage),
        route("DELETE", base, delete_job, "force wait_for_completion delete_user_annotations", manage),
        route("POST", f"{base}/_open", open_job, "timeout", manage),
        route("POST", f"{base}/_close", close_job, "timeout force allow_no_match", manage),
        route("POST", f"{base}/_flush", flush_job, " ".join(_FIELDS), flush),
    ]


def put_job(cluster: Cluster, call: Call) -> Reply:
    """Create a job.

    Raises:
        EngineError: for a missing member or an existing name.
    """
    name = call.variables["job_id"]
    body = check(JobBody, read_body(cluster.engine, call))
    if name in cluster.jobs:
        reason = f"The job cannot be created with the Id '{name}'. The Id is already used."
        raise EngineError(400, "resource_already_exists_exception", reason)
    for required in ("analysis_config", "data_description"):
        if required not in body:
            raise illegal_argument(f"Required [{required}]")
    span = seconds(body["analysis_config"], "bucket_span", _DEFAULT_SPAN)
    cluster.jobs[name] = Job(name=name, body=body, span=int(span * 1000))
    return Reply(body=_describe(cluster.jobs[name]))


def get_job(cluster: Cluster, call: Call) -> Reply:
    """Return one job.

    Raises:
        EngineError: resource_not_found_exception.
    """
    return Reply(body={"count": 1, "jobs": [_describe(_job(cluster, call))]})


def delete_job(cluster: Cluster, call: Call) -> Reply:
    """Forget a closed job.

    Raises:
        EngineError: for an unknown or an open one.
    """
    job = _job(cluster, call)
    if job.is_open and call.query.get("force") != "true":
        reason = f"Cannot delete job [{job.name}] because the job is opened"
        raise EngineError(409, "status_exception", reason)
    del cluster.jobs[job.name]
    return Reply(body={"acknowledged": True})


def open_job(cluster: Cluster, call: Call) -> Reply:
    """Open a job.

    Raises:
        EngineError: for an unknown or an open one.
    """
    job = _job(cluster, call)
    if job.is_open:
        reason = f"Cannot open job [{job.name}] because it has already been opened"
        raise EngineError(409, "status_exception", reason)
    job.is_open = True
    return Reply(body={"opened": True, "node": cluster.node_id})


def close_job(cluster: Cluster, call: Call) -> Reply:
    """Close a job.

    Raises:
        EngineError: resource_not_found_exception.
    """
    _job(cluster, call).is_open = False
    return Reply(body={"closed": True})


def flush_job(cluster: Cluster, call: Call) -> Reply:
    """Finalize buckets: up to `advance_time` or `skip_time` where one is given, else what there is.

    Raises:
        EngineError: for a bad body, an unknown job, or one that is not open.
    """
    given = _flush_body(cluster, call) if call.body.strip() else dict(call.query)
    job = _job(cluster, call)
    if not job.is_open:
        reason = f"Cannot perform requested action because job [{job.name}] is not open"
        raise EngineError(409, "status_exception", reason)
    _check_combination(given)
    times = {name: _time(cluster, name, given[name]) for name in _FIELDS[1:] if given.get(name)}
    for name in ("skip_time", "advance_time"):
        if name in times:
            job.finalized = max(job.finalized or 0, times[name] // job.span * job.span)
    finalized = {} if job.finalized is None else {"last_finalized_bucket_end": job.finalized}
    return Reply(body={"flushed": True, **finalized}, headers={"Warning": _DEPRECATED})


def _flush_body(cluster: Cluster, call: Call) -> dict[str, Any]:
    """Read the body strictly; with one, the query may say nothing."""
    body = read_body(cluster.engine, call)
    if not isinstance(body, dict):
        raise _unparsable("1:1", f"Expected START_OBJECT but was: {token(body)}")
    for name, value in body.items():
        _check_field(call, name, value)
    left = sorted(name for name in call.query if name in _FIELDS)
    if left:
        raise unrecognized(call.path, [f"[{name}]" for name in left])
    return body


def _check_field(call: Call, name: str, value: Any) -> None:
    at = scan(call.body)
    if name not in {*_FIELDS, "job_id"}:
        raise _unparsable(at.names[(name,)], f"unknown field [{name}]")
    allowed = (str, bool) if name == "calc_interim" else (str,)
    where = at.values[(name,)]
    if not isinstance(value, allowed):
        raise _unparsable(where, f"{name} doesn't support values of type: {token(value)}")
    if name == "calc_interim" and isinstance(value, str):
        try:
            parse_flag(value)
        except EngineError as error:
            raise _unparsable(where, f"failed to parse field [{name}]", error) from error


def _unparsable(where: Any, reason: str, cause: EngineError | None = None) -> EngineError:
    return EngineError(400, "x_content_parse_exception", f"[{where}] {_PARSER} {reason}", cause=cause)


def _check_combination(given: dict[str, Any]) -> None:
    interim = given.get("calc_interim") in {True, "true", ""}
    broken = None
    if not interim:
        broken = next((f"unexpected '{name}'." for name in ("start", "end") if given.get(name)), None)
    elif given.get("end") and not given.get("start"):
        broken = "'start' has not been specified."
    if broken:
        raise EngineError(400, "status_exception", f"Invalid flush parameters: {broken}")


def _time(cluster: Cluster, name: str, text: str) -> int:
    """Return a point in time in epoch milliseconds, given as number of seconds or milliseconds, as ISO text or as `now`."""
    if text == "now":
        return cluster.now()
    if re.fullmatch(r"\d+", text):
        return int(text) if int(text) >= _MILLIS_FROM else int(text) * 1000
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        reason = (
            f"Query param [{name}] with value [{text}] cannot be parsed as a date or converted to a number (epoch)."
        )
        raise EngineError(400, "parse_exception", reason) from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)


def _job(cluster: Cluster, call: Call) -> Job:
    name = call.variables["job_id"]
    job: Job | None = cluster.jobs.get(name)
    if job is None:
        raise not_found(f"No known job with id '{name}'")
    return job


def _describe(job: Job) -> dict[str, Any]:
    return {"job_id": job.name, "job_type": "anomaly_detector", "job_version": "12.0.0", **job.body}
