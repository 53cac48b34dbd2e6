#!/bin/sh
# ci/image.sh IMAGE FILE: writes the size in bytes and the number of layers of a local image, as JSON.
set -eu
docker image inspect --format '{"bytes": {{.Size}}, "layers": {{len .RootFS.Layers}}}' "$1" > "$2"
cat "$2"
