// The program that systemd starts on a device: it runs the application's backend and, on devices with a screen, Cage
// with Cog for what the monitors are to show; it restarts both when they end, and tells systemd how it goes.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
)

// Version of the tool that this was built with; set by the linker.
var Version = "unknown"

func main() {
	log.SetFlags(0)
	log.SetPrefix("strux: ")
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "--version":
			fmt.Println(Version)
			return
		case "session":
			// Inside Cage, as its only client.
			if err := runSession(os.Args[2:]); err != nil {
				log.Fatal(err)
			}
			return
		default:
			log.Fatalf("unknown argument %q: there are --version and session", os.Args[1])
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	device := newDevice("/", os.Environ())
	if err := device.run(ctx); err != nil {
		log.Fatal(err)
	}
}
