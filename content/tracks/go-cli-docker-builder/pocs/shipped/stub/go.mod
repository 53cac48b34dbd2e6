module example.com/platform/docker-builder

go 1.25.0
