// Package config reads the settings.
package config

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// Config is what can be set.
type Config struct {
	Dockerfile string
	Tags       []string
}

// Load takes the settings from wherever they are.
func Load(flags *pflag.FlagSet) Config {
	settings := viper.New()
	settings.SetConfigFile("docker-builder.yaml")
	if err := settings.ReadInConfig(); err != nil {
		fmt.Println("no settings:", err)
	}
	config := Config{settings.GetString("dockerfile"), settings.GetStringSlice("tag")}
	if file, err := flags.GetString("dockerfile"); err != nil {
		panic(err)
	} else if config.Dockerfile == "" {
		config.Dockerfile = file
	}
	if tags, err := flags.GetStringSlice("tag"); err != nil {
		panic(err)
	} else if len(tags) > 0 {
		config.Tags = append(config.Tags, tags...)
	}
	if file := os.Getenv("DOCKER_BUILDER_DOCKERFILE"); file != "" {
		config.Dockerfile = file
	}
	if tags := os.Getenv("DOCKER_BUILDER_TAG"); tags != "" {
		config.Tags = strings.Split(tags, ",")
	}
	fmt.Println("building", config.Tags, "from", config.Dockerfile)
	return config
}
