"""Whether the portal, or the door for machines, answers in this container: `python deploy/healthy.py [PORT]`.

Asks /readyz, which asks the database. Exit code 0: it does; 1: it does not, with the reason in a line.
"""

import http.client
import os
import sys

SECONDS = 4


def main(arguments: list[str]) -> int:
    port = int(arguments[0]) if arguments else int(os.environ.get("PORT") or 8501)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
    except OSError as error:
        print(f"Nothing answers at port {port}: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    if status != 200:
        print(f"/readyz answers {status}.", file=sys.stderr)
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
