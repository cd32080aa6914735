"""A browser's visit to the GraphiQL page, and what a visitor does there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect, sync_playwright

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
Scheme = Literal["light", "dark"]


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
        """Go to the page and wait until its schema is there."""
        self.page.goto(address)
        self.await_editors()
        expect(self.page.locator(".graphiql-doc-explorer")).to_contain_text("All Schema Types")

    def await_editors(self) -> None:
        """Wait for the editors."""
        self.page.locator(".graphiql-query-editor .view-line").first.wait_for()
        expect(self.page.locator("#cluster")).to_be_enabled()  # it needs the headers editor

    def run(self) -> str:
        """Press the run button; return the answer as shown, its blanks made plain."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.page.locator(".graphiql-execute-button").click()
        expect(self.answer).to_contain_text("{")
        return " ".join(self.answer.inner_text().split())

    @property
    def answer(self) -> Locator:
        """The answer."""
        return self.page.locator(".graphiql-response .view-lines")

    @property
    def query(self) -> Locator:
        """The document in the editor."""
        return self.page.locator(".graphiql-query-editor .view-lines")

    def tool(self, name: Literal["Variables", "Headers"]) -> Locator:
        """The editor of variables or headers, brought to the front."""
        self.page.locator(f".graphiql-editor-tools button:text-is('{name}')").click()
        return self.page.locator(".graphiql-editor-tool .graphiql-editor:visible .view-lines")

    def write_headers(self, text: str) -> None:
        """Replace the headers by a text."""
        self.tool("Headers").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def pane(self, name: str) -> Locator:
        """A pane beside the editors, opened if it is not."""
        pane = self.page.get_by_role("region", name=name, exact=True)
        if not pane.is_visible():
            self.page.get_by_label(f"Show {name}").click()
        return pane

    @property
    def tabs(self) -> list[str]:
        """The titles of the tabs."""
        return self.page.locator(".graphiql-tab > button:first-child").all_inner_texts()

    @property
    def stored(self) -> str:
        """Everything that the browser keeps for the page."""
        found = self.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert isinstance(found, str)
        return found

    @property
    def clipboard(self) -> str:
        """What was copied last."""
        found = self.page.evaluate("navigator.clipboard.readText()")
        assert isinstance(found, str)
        return found


@contextmanager
def visiting(
    chromium: str, profile: Path, *, width: int = 1280, height: int = 800, scheme: Scheme = "light"
) -> Iterator[Visit]:
    """Open a browser.

    Args:
        chromium: its path.
        profile: the folder of what it keeps.
        width: of the window, in pixels of CSS.
        height: likewise.
        scheme: the colours that its user likes.
    """
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=FLAGS,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            permissions=["clipboard-read", "clipboard-write"],
        )
        try:
            yield Visit(context.pages[0])
        finally:
            context.close()
