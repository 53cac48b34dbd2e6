import sys
from contextlib import contextmanager
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location

from tests.assessments.delivery.mutants import MUTANTS

PACKAGE = "assessments"


class _Slip(SourceFileLoader):
    """Loads a module with one place of its source changed."""

    old = new = ""

    def get_code(self, fullname):
        source = self.get_source(fullname)
        if source.count(self.old) != 1:
            raise AssertionError(f"{self.old!r} stands {source.count(self.old)} times in {self.path}, must stand once")
        return compile(source.replace(self.old, self.new), self.path, "exec", dont_inherit=True)


@contextmanager
def mutated(name: str, module: str, old: str, new: str):
    """The calculator with one slip in it, imported anew; the true one is back afterwards."""
    folder = "" if module == "statistics" else ".delivery"
    target = f"{PACKAGE}{folder}" + ("" if module == "__init__" else f".{module}")

    class Finder:
        @staticmethod
        def find_spec(fullname, path=None, into=None):
            if fullname != target:
                return None
            found = PathFinder.find_spec(fullname, path)
            loader = _Slip(fullname, found.origin)
            loader.old, loader.new = old, new
            places = found.submodule_search_locations
            return spec_from_file_location(fullname, found.origin, loader=loader, submodule_search_locations=places)

    kept = {key: sys.modules.pop(key) for key in list(sys.modules) if key.split(".")[0] == PACKAGE}
    sys.meta_path.insert(0, Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(Finder)
        for key in [key for key in sys.modules if key.split(".")[0] == PACKAGE]:
            del sys.modules[key]
        sys.modules.update(kept)
