package cli

import (
	"os"
	"strings"
	"testing"
)

// What is set on the machine must not reach the tests.
func TestMain(m *testing.M) {
	for _, each := range os.Environ() {
		if name, _, _ := strings.Cut(each, "="); strings.HasPrefix(name, "DOCKER_BUILDER_") {
			if err := os.Unsetenv(name); err != nil {
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}
