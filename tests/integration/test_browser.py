import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_the_browser_runs_scripts_as_a_turkish_user(browser_page: Page) -> None:
    browser_page.set_content("<p></p><script>document.querySelector('p').textContent = navigator.language</script>")
    assert browser_page.inner_text("p") == "tr-TR"


@pytest.mark.parametrize("browser_page", ["tablet"], indirect=True)
def test_a_tablet_has_a_touch_screen(browser_page: Page) -> None:
    assert browser_page.evaluate("navigator.maxTouchPoints") > 0
