"""The institution's sign-on in front of the service: what its proxy sends."""

from tests.world import Browser

HEADER, SECRET_HEADER = "X-Auth-Request-Email", "X-Sign-On-Secret"
SECRET = "Qf7zK1w9-an-invented-secret-of-the-proxy"
#: The settings of a service behind such a proxy.
SIGN_ON = {
    "TRUSTED_PROXIES": "1",
    "SIGN_ON_HEADER": HEADER,
    "SIGN_ON_SECRETS": f"Old3-an-older-secret-of-the-same-proxy, {SECRET}",
}


def signed_on(address: str, secret: str = SECRET) -> Browser:
    """Return a browser whose requests come as the proxy passes them on."""
    browser = Browser()
    browser.web.headers.update({HEADER: address, SECRET_HEADER: secret})
    return browser


def sign_on(browser: Browser, address: str) -> None:
    """Let whoever is at a browser sign on: its visits stay."""
    browser.web.headers.update({HEADER: address, SECRET_HEADER: SECRET})
