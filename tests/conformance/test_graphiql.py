"""The GraphiQL page in a real browser: it loads, explains the schema, runs queries, and never leaves its origin."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

pytestmark = pytest.mark.usefixtures("graphiql")

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WATCH_POLICY = 'subscription { enrichWatchPolicyExecution(name: "users-policy") { finished phase } }'
TYPE_NAMES = "{ __schema { types { name } } }"


class Visit:
    """A browser's visit: the page, and what it asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.context.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.locator(".graphiql-query-editor .view-line").first.wait_for()
        expect(self.page.locator(".graphiql-doc-explorer")).to_contain_text("All Schema Types")

    def run(self) -> str:
        """Press the run button; return the answer as shown, its blanks made plain."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.page.locator(".graphiql-execute-button").click()
        shown = self.page.locator(".graphiql-response .view-lines")
        expect(shown).to_contain_text("{")
        return " ".join(shown.inner_text().split())


@pytest.fixture
def visit(chromium: str, tmp_path: Path) -> Iterator[Visit]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(tmp_path, executable_path=chromium, args=FLAGS)
        yield Visit(context.pages[0])
        context.close()


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


def test_headers_say_which_cluster_is_asked(visit: Visit, gateway: str) -> None:
    visit.open(f"{gateway}/graphql?query={quote('{ ism { policies { totalCount } } }')}")
    headers = visit.page.locator(".graphiql-editor-tool .graphiql-editor:visible .view-lines")
    expect(headers).to_contain_text("opensearch")
    assert "UNIMPLEMENTED" in visit.run()
    headers.get_by_text('"elasticsearch"', exact=True).dblclick()
    visit.page.keyboard.type("opensearch")
    assert '"totalCount": ' in visit.run()


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
