package main

import (
	"os"
	"strconv"
	"strings"
)

// readMemory is /proc/meminfo in megabytes, by name.
func readMemory() map[string]int64 {
	memory := map[string]int64{}
	text, _ := os.ReadFile("/proc/meminfo")
	for _, line := range strings.Split(string(text), "\n") {
		// Such as: MemTotal:       16384256 kB
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
		if err == nil {
			memory[strings.TrimSuffix(fields[0], ":")] = kilobytes / 1024
		}
	}
	return memory
}
