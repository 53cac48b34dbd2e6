// How long docker-builder takes to start, measured from outside.
//
// This file is handed out and stays as it is: evidence counts only while it is unchanged. It measures only when the
// variable BENCH_JSON names a file to write to, as the verifying pipeline does; else it is skipped:
//
//	BENCH_JSON=bench.json go test -count=1 -run TestColdStart .
package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestColdStart(t *testing.T) {
	target := os.Getenv("BENCH_JSON")
	if target == "" {
		t.Skip("BENCH_JSON names no file to write to")
	}
	path := filepath.Join(t.TempDir(), "docker-builder.exe") // the ending does no harm where it is not needed
	if output, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("the program cannot be built: %v\n%s", err, output)
	}
	const n = 50
	times := make([]float64, n)
	for i := range times {
		begin := time.Now()
		if output, err := exec.Command(path, "version").CombinedOutput(); err != nil {
			t.Fatalf("docker-builder version: %v\n%s", err, output)
		}
		times[i] = float64(time.Since(begin).Microseconds()) / 1000
	}
	slices.Sort(times)
	// The 95th percentile by nearest rank: the 48th of 50.
	measured := map[string]any{"version": map[string]any{
		"n": n, "p50_ms": times[n/2-1], "p95_ms": times[(n*95+99)/100-1], "max_ms": times[n-1],
	}}
	content, err := json.MarshalIndent(measured, "", "  ")
	if err == nil {
		err = os.WriteFile(target, append(content, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
