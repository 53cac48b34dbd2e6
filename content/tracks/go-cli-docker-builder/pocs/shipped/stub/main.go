// docker-builder builds container images.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) != 3 || os.Args[1] != "build" {
		fmt.Fprintln(os.Stderr, "usage: docker-builder build TAG")
		os.Exit(2)
	}
	docker := exec.Command("docker", "build", "--tag", os.Args[2], ".")
	docker.Stdout, docker.Stderr = os.Stdout, os.Stderr
	if err := docker.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "docker-builder:", err)
		os.Exit(1)
	}
}
