// docker-builder builds container images the way every pipeline of the organisation should.
package main

import (
	"os"

	"example.com/platform/docker-builder/internal/cli"
)

// version is set by the release: go build -ldflags "-X main.version=v1.2.3".
var version = "dev"

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr, version))
}
