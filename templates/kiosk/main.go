// The backend of the kiosk: it serves the built frontend, and answers the page's requests below /api/.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"
)

// Status is the answer of /api/status.
type Status struct {
	Message string `json:"message"`
	Kernel  string `json:"kernel"`
	// Seconds since the backend started.
	Uptime int64 `json:"uptime"`
	// Megabytes of memory: total and available.
	Memory    int64 `json:"memory"`
	Available int64 `json:"available"`
	// The Go release that compiled this.
	Go string `json:"go"`
}

var started = time.Now()

func main() {
	// On the device the client says nothing else, so that port 8080 answers on all addresses.
	address := setting("STRUX_HTTP_ADDR", ":8080")
	frontend := setting("KIOSK_FRONTEND", "/strux/frontend")

	http.Handle("/", http.FileServer(http.Dir(frontend)))
	http.HandleFunc("/api/status", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if err := json.NewEncoder(w).Encode(status()); err != nil {
			log.Print(err)
		}
	})
	// The client starts the screen once this answers.
	http.HandleFunc("/__strux/health", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})

	log.Printf("kiosk: %s at %s", frontend, address)
	log.Fatal(http.ListenAndServe(address, nil))
}

func status() Status {
	memory := readMemory()
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return Status{
		Message:   "Hello from Go",
		Kernel:    strings.TrimSpace(string(kernel)),
		Uptime:    int64(time.Since(started).Seconds()),
		Memory:    memory["MemTotal"],
		Available: memory["MemAvailable"],
		Go:        strings.TrimPrefix(runtime.Version(), "go"),
	}
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
