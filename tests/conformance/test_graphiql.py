"""The GraphiQL page in a real browser: it loads, explains the schema, runs queries, and never leaves its origin."""

from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from conformance.visit import Visit

pytestmark = pytest.mark.usefixtures("graphiql")

WATCH_POLICY = 'subscription { enrichWatchPolicyExecution(name: "users-policy") { finished phase } }'
TYPE_NAMES = "{ __schema { types { name } } }"


def workers(visit: Visit) -> set[str]:
    return {url.rsplit("/", 1)[-1] for url in visit.requests if url.endswith(".worker.js")}


def test_page_stays_on_its_origin(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    visit.run()
    while workers(visit) != {"editor.worker.js", "graphql.worker.js", "json.worker.js"}:
        visit.page.wait_for_event("request")  # each comes when the editor first needs it; none coming is a timeout
    outside = [url for url in visit.requests if urlsplit(url).scheme != "data" and not url.startswith(f"{gateway}/")]
    assert outside == []
    assert visit.complaints == []
    assert visit.page.title() == "Searchway"


def test_docs_show_every_type(visit: Visit, gateway: str) -> None:
    answer = httpx.post(f"{gateway}/graphql", json={"query": TYPE_NAMES}, trust_env=False).json()
    visit.open(f"{gateway}/graphql")
    types = {kind["name"] for kind in answer["data"]["__schema"]["types"] if not kind["name"].startswith("__")}
    shown = set(visit.page.locator(".graphiql-doc-explorer-type-name").all_inner_texts())
    assert types <= shown


def test_docs_lead_from_type_to_field(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    docs = visit.page.locator(".graphiql-doc-explorer")
    for link in ("Query", "cat"):
        docs.get_by_text(link, exact=True).first.click()
        expect(docs.locator(".graphiql-doc-explorer-title")).to_have_text(link)


def test_example_runs_and_shows_answer(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql")
    shown = visit.run()
    assert '"allocation": {' in shown
    assert '"node": "' in shown
    assert "errors" not in shown


def test_wrong_query_shows_error(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql?query={quote('{ nowhere }')}")
    shown = visit.run()
    assert '"errors": [' in shown
    assert "nowhere" in shown


def test_subscription_shows_what_comes(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql?query={quote(WATCH_POLICY)}")
    visit.run()
    expect(visit.page.locator(".graphiql-response .view-lines")).to_contain_text('"finished": true')
    assert visit.complaints == []


def test_prettify_lays_the_query_out(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql?query={quote('{cat{allocation{pageInfo{hasNextPage}}}}')}")
    visit.page.get_by_label("Prettify").first.click()
    expect(visit.page.locator(".graphiql-query-editor .view-line")).to_have_count(10)


def test_editor_completes_by_the_schema(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql?query={quote('{')}")
    visit.page.locator(".graphiql-query-editor .view-line").first.click()
    visit.page.keyboard.press("End")
    visit.page.keyboard.type(" ca")
    visit.page.keyboard.press("Control+Space")
    expect(visit.page.locator(".suggest-widget .monaco-list-row").filter(has_text="cat")).to_be_visible()
