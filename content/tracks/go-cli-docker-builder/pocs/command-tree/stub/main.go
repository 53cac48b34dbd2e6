// docker-builder builds container images. It grew out of a shell script, and still behaves like one.
package main

import (
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "docker-builder"}
	build := &cobra.Command{
		Use:   "build",
		Short: "Build an image",
		Run: func(command *cobra.Command, args []string) {
			tag, _ := command.Flags().GetString("tag")
			output, err := exec.Command("sh", "-c", "docker build -t "+tag+" .").CombinedOutput()
			fmt.Println(string(output))
			if err != nil {
				fmt.Println("build failed")
			}
		},
	}
	build.Flags().String("tag", "latest", "tag")
	root.AddCommand(build)
	root.Execute()
}
