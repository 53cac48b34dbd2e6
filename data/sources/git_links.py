"""Links to the forge where a clone came from. Only http and https links, never with credentials."""

import re
from urllib.parse import quote, unquote, urlsplit

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~ -]+")
SCP_LIKE = re.compile(r"(?:[^@/\s]+@)?([^:/@\s]+):(?!//)(.+)")


def web_url(origin: str | None) -> str | None:
    """The page of a repository, from the address it was cloned from; None for a path or an address not understood.

    https://user:secret@host/o/r.git, ssh://git@host:22/o/r and git@host:o/r all give https://host/o/r.
    """
    if not origin or any(ord(letter) < 32 for letter in origin):
        return None
    scheme, host, path = _parts(origin.strip())
    segments = [segment for segment in path.removesuffix("/").removesuffix(".git").split("/") if segment]
    if host == "ssh.dev.azure.com" and len(segments) == 4:
        host, segments = "dev.azure.com", [segments[1], segments[2], "_git", segments[3]]
    name, _, port = host.partition(":")
    if not HOST.fullmatch(name) or (port and not port.isdecimal()) or not ("." in name or name == "localhost"):
        return None
    if len(segments) < 2 or not all(SEGMENT.fullmatch(segment) for segment in segments):
        return None
    return f"{scheme}://{host}/" + "/".join(quote(segment) for segment in segments)


def _parts(origin: str) -> tuple[str, str, str]:
    """Scheme of the link, host with port where it holds for the web too, path."""
    if "://" not in origin:
        found = SCP_LIKE.fullmatch(origin)
        return ("https", found[1].lower(), found[2]) if found else ("", "", "")
    try:
        url = urlsplit(origin)
        port = url.port
    except ValueError:
        return "", "", ""
    host = (url.hostname or "").lower()
    if url.scheme in ("http", "https"):
        return url.scheme, f"{host}:{port}" if port else host, unquote(url.path)
    return ("https", host, url.path) if url.scheme in ("ssh", "git", "git+ssh", "ssh+git") else ("", "", "")


class Links:
    """Addresses of changes, commits and tags below a repository's page. None where the forge's style is not known."""

    def __init__(self, base: str | None):
        host = (urlsplit(base).hostname or "") if base else ""
        self.base = base
        self.github = "github" in host
        self.gitlab = "gitlab" in host

    def change(self, number: int | None, sha: str) -> str | None:
        if number is None:
            return self.commit(sha)
        return self._link(f"/pull/{number}", f"/-/merge_requests/{number}")

    def commit(self, sha: str) -> str | None:
        return self._link(f"/commit/{sha}", f"/-/commit/{sha}")

    def tag(self, name: str) -> str | None:
        name = quote(name)
        return self._link(f"/releases/tag/{name}", f"/-/tags/{name}")

    def place(self, sha: str, path: str, line: int | None = None) -> str | None:
        """A file as it was at a commit, at a line of it."""
        end = f"{sha}/{quote(path)}" + (f"#L{line}" if line else "")
        return self._link(f"/blob/{end}", f"/-/blob/{end}")

    def _link(self, github: str, gitlab: str) -> str | None:
        if self.github:
            return self.base + github
        return self.base + gitlab if self.gitlab else None
