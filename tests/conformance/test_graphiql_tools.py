"""What Searchway adds to GraphiQL, in a real browser: the picker of clusters, examples, links, tabs that stay, and the requests of an operation."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from conformance.visit import Scheme, Visit, visiting
from searchway.contract.catalog import load
from searchway.graph.examples import read_examples
from tools.gateway import serving

pytestmark = pytest.mark.usefixtures("graphiql")

POLICY: Final = (
    """query Policy($id: String!) { ism { policy(policyId: $id) { policy { definition { description } } } } }"""
)
VARIABLES: Final = '{"id": "log-retention"}'
SECRET: Final = "Basic c2VjcmV0OnNlY3JldA=="
CLUSTER: Final = '"x-searchway-cluster": "opensearch"'
WITH_SECRETS: Final = f'{{// authorization: {SECRET}\n{CLUSTER}, "authorization": "{SECRET}", "x-tenant": "{SECRET}"}}'
EXAMPLES: Final = read_examples(load())


def link(gateway: str, **parts: str) -> str:
    return f"{gateway}/graphql?{urlencode(parts)}"


@pytest.fixture(scope="session")
def discreet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway that tells neither the names of clusters nor their requests."""
    settings = {"SEARCHWAY_LIST_CLUSTERS": "false", "SEARCHWAY_EXPLAIN_REQUESTS": "false"}
    with serving(tmp_path_factory.mktemp("discreet"), "--grpc", "off", **settings) as address:
        yield address


def test_cluster_is_picked_by_name(visit: Visit, gateway: str) -> None:
    visit.open(link(gateway, query=POLICY, variables=VARIABLES))
    assert "UNIMPLEMENTED" in visit.run()
    visit.page.get_by_label("Cluster", exact=True).select_option("opensearch")
    expect(visit.tool("Headers")).to_contain_text(CLUSTER)
    assert "Deletes logs" in visit.run()
    visit.page.get_by_label("Cluster", exact=True).select_option("elasticsearch (default)")
    expect(visit.tool("Headers")).not_to_contain_text("x-searchway-cluster")


def test_picker_follows_the_headers_and_keeps_what_else_is_there(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    visit.write_headers('{"x-searchway-strict": "true", // kept\n"X-Searchway-Cluster": "opendistro"}')
    picker = visit.page.get_by_label("Cluster", exact=True)
    expect(picker).to_have_value("opendistro")
    picker.select_option("opensearch")
    headers = visit.tool("Headers")
    expect(headers).to_contain_text("opensearch")
    expect(headers).to_contain_text("// kept")
    visit.write_headers("{ no JSON")
    expect(picker).to_be_disabled()


def test_name_is_written_where_names_are_not_told(visit: Visit, discreet: str) -> None:
    visit.open(link(discreet, query=POLICY, variables=VARIABLES))
    names = ["opensearch", "elasticsearch", "opendistro"]
    told = json.loads(visit.page.locator("#graphiql").get_attribute("data-gateway") or "")
    assert told["clusters"] is None
    assert not any(name in visit.page.locator(".graphiql-logo").inner_html() for name in names)
    visit.page.get_by_label("Cluster", exact=True).fill("opensearch")
    assert "Deletes logs" in visit.run()


def test_menu_has_every_example_by_family(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    pane = visit.pane("Examples")
    families = pane.get_by_role("region")
    shown = {
        family.get_attribute("aria-label"): [
            button.get_attribute("data-example") for button in family.locator("[data-example]").all()
        ]
        for family in families.all()
    }
    wanted: dict[str | None, list[str | None]] = {}
    for example in EXAMPLES:
        wanted.setdefault(example.family, []).append(example.name)
    assert shown == wanted
    pane.get_by_label("Find examples").fill("mutation policy")
    found = {button.get_attribute("data-example") for button in pane.locator("[data-example]").all()}
    assert {"ism_update_policy", "ism_add_policy"} <= found
    assert not {"ism_get_policy", "cat_list_allocation"} & found


@pytest.mark.parametrize(
    ("name", "cluster", "shown"),
    [
        ("cat_list_allocation", "", '"node": "'),
        ("ism_get_policy", "opensearch", '"description": '),
        ("fleet_multi_search", "", '"took": '),
        ("security_bulk_put_role", "", '"data": '),
        ("rules_stream_rules", "opensearch", '"rule": '),
        ("clusters", "", '"reachable": '),
    ],
)
def test_example_runs_from_the_menu(visit: Visit, gateway: str, name: str, cluster: str, shown: str) -> None:
    visit.open(f"{gateway}/graphql")
    before = len(visit.tabs)
    visit.pane("Examples").locator(f"[data-example={name}]").click()
    expect(visit.page.get_by_label("Cluster", exact=True)).to_have_value(cluster)
    assert len(visit.tabs) == before + 1
    visit.run()
    expect(visit.answer).to_contain_text(shown)
    expect(visit.answer).not_to_contain_text("errors")
    assert visit.complaints == []


def test_link_keeps_everything_but_secrets(visit: Visit, gateway: str) -> None:
    visit.open(link(gateway, query=POLICY, variables=VARIABLES))
    visit.write_headers(WITH_SECRETS)
    visit.page.get_by_label("Copy a link").click()
    expect(visit.page.get_by_role("status")).to_have_text("Link copied, without the headers authorization, x-tenant")
    copied = visit.clipboard
    assert "c2Vjc" not in copied
    assert "?" not in copied.split("#")[0]  # what is behind the # is sent to nobody
    visit.page.evaluate("localStorage.clear()")
    visit.page.goto("about:blank")
    visit.open(copied)
    assert visit.tabs == ["Policy"]
    expect(visit.tool("Headers")).to_contain_text(CLUSTER)
    expect(visit.tool("Variables")).to_contain_text("log-retention")
    assert "Deletes logs" in visit.run()


def test_link_brings_no_header_that_may_be_a_secret(visit: Visit, gateway: str) -> None:
    visit.open(link(gateway, query=POLICY, headers=WITH_SECRETS))
    headers = visit.tool("Headers")
    expect(headers).to_contain_text(CLUSTER)
    expect(headers).not_to_contain_text("authorization")


def test_no_tab_is_empty_after_a_link(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    shared = link(gateway, query=POLICY, variables=VARIABLES, headers=f"{{{CLUSTER}}}")
    visit.open(shared)
    assert visit.tabs == ["CatListAllocation", "Policy"]
    assert visit.page.url == f"{gateway}/graphql"
    visit.page.reload()
    visit.open(f"{gateway}/graphql")
    visit.open(shared)  # again: it is there already
    assert visit.tabs == ["CatListAllocation", "Policy"]
    expect(visit.query).to_contain_text("policyId")
    visit.page.locator(".graphiql-tab button:text-is('CatListAllocation')").click()
    expect(visit.query).to_contain_text("allocation")
    assert "Deletes logs" not in visit.run()


def test_link_opens_in_the_same_window_too(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    visit.page.evaluate("text => { window.location.hash = text }", urlencode({"query": POLICY}))
    expect(visit.query).to_contain_text("policyId")
    assert visit.tabs == ["CatListAllocation", "Policy"]


def test_tabs_survive_a_reload_without_credentials(visit: Visit, gateway: str) -> None:
    visit.open(link(gateway, query=POLICY, variables=VARIABLES))
    visit.write_headers(WITH_SECRETS)
    visit.page.reload()  # at once: nothing waits until it is stored
    visit.await_editors()
    assert visit.tabs == ["Policy"]
    headers = visit.tool("Headers")
    expect(headers).to_contain_text(CLUSTER)
    assert "Deletes logs" in visit.run()
    visit.write_headers(WITH_SECRETS)
    visit.run()
    with visit.page.expect_response(lambda response: response.request.method == "POST"):
        visit.page.locator(".graphiql-execute-button").click()
    visit.page.get_by_label("New tab").click()
    visit.page.reload()
    visit.await_editors()
    assert len(visit.tabs) == 2
    assert "c2Vjc" not in visit.stored
    assert "opensearch" in visit.stored


def test_pane_shows_the_requests_of_an_operation(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    visit.pane("Examples").locator("[data-example=ism_add_policy]").click()
    assert "extensions" not in visit.run()
    pane = visit.pane("Requests")
    call = pane.get_by_role("region", name="ism.AddPolicy")
    expect(call).to_contain_text("on opensearch")
    request = call.locator(".request").first
    expect(request).to_contain_text("POST /_plugins/_ism/add/")
    assert re.search(r"200\s*[\d.]+ ms", request.inner_text())
    body = request.locator("pre")
    expect(body).to_be_hidden()
    request.locator("summary").click()
    expect(body).to_contain_text('"policy_id": "metric-retention"')
    assert visit.complaints == []


def test_requests_belong_to_their_tab(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    visit.run()
    pane = visit.pane("Requests")
    expect(pane).to_contain_text("GET /_cat/allocation")
    visit.page.get_by_label("New tab").click()
    expect(pane).to_contain_text("Run an operation")
    visit.page.locator(".graphiql-tab button:text-is('CatListAllocation')").click()
    expect(pane).to_contain_text("GET /_cat/allocation")


def test_requests_of_a_stream_are_all_there(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    visit.pane("Examples").locator("[data-example=fleet_stream_hits]").click()
    visit.run()
    pane = visit.pane("Requests")
    expect(visit.page.get_by_label("Execute query")).to_be_visible()  # it has ended
    expect(pane).to_contain_text(re.compile(r"[2-9] requests to clusters"))
    count = int((pane.locator("p.quiet").first.inner_text()).split()[0])
    assert pane.locator(".request").count() == count


def test_requests_are_not_shown_to_everybody(visit: Visit, discreet: str) -> None:
    visit.open(link(discreet, query=POLICY, variables=VARIABLES, headers=f"{{{CLUSTER}}}"))
    visit.run()
    pane = visit.pane("Requests")
    expect(pane).to_contain_text("does not show them to everybody")
    assert "/_plugins" not in pane.inner_text()
    assert "grpcurl" not in pane.inner_text()  # gRPC is off


def shell(command: str, **variables: str) -> Any:
    done = subprocess.run(  # noqa: S603  # what the page offers to be pasted
        ["bash", "-c", command],  # noqa: S607  # the user's own
        env={**os.environ, "no_proxy": "*", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_same_call_runs_in_a_shell(visit: Visit, gateway: str, grpc_address: str, grpcurl: Path) -> None:
    visit.open(link(gateway, query="# it's\n" + POLICY, variables=VARIABLES))
    visit.write_headers(WITH_SECRETS)
    visit.run()
    pane = visit.pane("Requests")
    pane.get_by_label("Copy as curl").click()
    curl = visit.clipboard
    pane.get_by_label("Copy as grpcurl").click()
    expect(pane.get_by_label("Copy as grpcurl")).to_have_text("Copied")
    grpc = visit.clipboard
    for text in (curl, grpc, pane.inner_text()):
        assert "c2Vjc" not in text
    assert '"$AUTHORIZATION"' in curl
    assert grpc_address in grpc
    secrets = {"AUTHORIZATION": SECRET, "X_TENANT": "t"}
    assert shell(curl, **secrets)["data"]["ism"]["policy"]["policy"]["definition"]["description"].startswith(
        "Deletes logs"
    )
    found = shell(grpc, PATH=f"{Path(grpcurl).parent}:{os.environ['PATH']}", **secrets)
    assert found["policy"]["definition"]["description"].startswith("Deletes logs")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_page_fits_the_window(chromium: str, tmp_path: Path, gateway: str, width: int, scheme: Scheme) -> None:
    with visiting(chromium, tmp_path, width=width, scheme=scheme) as visit:
        visit.page.goto(f"{gateway}/graphql")
        visit.await_editors()
        if width < 720:
            await_on_top(visit, ".graphiql-query-editor .monaco-editor")
            assert visit.page.locator(".graphiql-plugin").is_hidden()
        visit.run()
        await_on_top(visit, ".graphiql-execute-button")
        await_on_top(visit, ".graphiql-response .monaco-editor")
        for name in ("Examples", "Requests"):
            pane = visit.pane(name)
            box = pane.bounding_box()
            assert box is not None
            assert box["width"] >= 280
            await_on_top(visit, f'.pane[aria-label="{name}"] h2')
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        background = visit.page.evaluate(
            "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor"
        )
        brightness = sum(map(int, re.findall(r"\d+", background)[:3])) / 3
        assert (brightness > 128) is (scheme == "light")
        assert visit.complaints == []


def await_on_top(visit: Visit, selector: str) -> None:
    """Wait until what stands in the middle of an element's upper part is it, or part of it."""
    visit.page.wait_for_function(
        """selector => {
          const element = document.querySelector(selector);
          const { left, top, width, height } = element.getBoundingClientRect();
          const found = document.elementFromPoint(left + width / 2, top + Math.min(height, 40) / 2);
          return element === found || element.contains(found);
        }""",
        arg=selector,
    )
