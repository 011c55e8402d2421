package main

import (
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Card is a DRM device that has connectors, which means that screens can be attached to it.
type Card struct {
	// Device file, such as /dev/dri/card0.
	Device     string
	Connectors []Connector
}

// Connector has the name that compositors give its output, such as HDMI-A-1.
type Connector struct {
	Name      string
	Connected bool
}

func (c Card) connected() bool {
	for _, connector := range c.Connectors {
		if connector.Connected {
			return true
		}
	}
	return false
}

func (c Card) has(names []string) bool {
	for _, connector := range c.Connectors {
		for _, name := range names {
			if connector.Name == name {
				return true
			}
		}
	}
	return false
}

var cardName = regexp.MustCompile(`^card(\d+)$`)

// findCards lists the cards with connectors whose device file exists, in the order of their numbers. Cards without
// connectors only compute.
func findCards(root string) []Card {
	folder := filepath.Join(root, "sys/class/drm")
	entries, _ := os.ReadDir(folder)
	numbers := map[string]int{}
	for _, entry := range entries {
		if match := cardName.FindStringSubmatch(entry.Name()); match != nil {
			numbers[entry.Name()], _ = strconv.Atoi(match[1])
		}
	}
	var cards []Card
	for name := range numbers {
		if _, err := os.Stat(filepath.Join(root, "dev/dri", name)); err != nil {
			continue
		}
		card := Card{Device: "/dev/dri/" + name}
		for _, entry := range entries {
			if !strings.HasPrefix(entry.Name(), name+"-") {
				continue
			}
			status, err := os.ReadFile(filepath.Join(folder, entry.Name(), "status"))
			if err != nil {
				continue
			}
			connector := Connector{
				Name:      strings.TrimPrefix(entry.Name(), name+"-"),
				Connected: strings.TrimSpace(string(status)) == "connected",
			}
			if !strings.HasPrefix(connector.Name, "Writeback-") {
				card.Connectors = append(card.Connectors, connector)
			}
		}
		if len(card.Connectors) > 0 {
			cards = append(cards, card)
		}
	}
	sort.Slice(cards, func(a, b int) bool {
		return numbers[filepath.Base(cards[a].Device)] < numbers[filepath.Base(cards[b].Device)]
	})
	return cards
}

// mainCard is the first card with a monitor attached, or else the first one.
func mainCard(cards []Card) Card {
	for _, card := range cards {
		if card.connected() {
			return card
		}
	}
	return cards[0]
}

// canRender says whether something on the device draws faster than the processor. A virtio device has a render node also
// where the host does not let it draw (bit 0 of its features: VIRTIO_GPU_F_VIRGL).
func canRender(root string) bool {
	nodes, _ := filepath.Glob(filepath.Join(root, "sys/class/drm/renderD*"))
	for _, node := range nodes {
		device := filepath.Join(node, "device")
		driver, _ := filepath.EvalSymlinks(filepath.Join(device, "driver"))
		switch filepath.Base(driver) {
		case "vgem", "vkms":
			continue
		case "virtio_gpu", "virtio-pci", "virtio-mmio":
			if !virtioDraws(device) {
				continue
			}
		}
		return true
	}
	return false
}

// virtioDraws reads the features, one character a bit, of the virtio device that this is or that lies below it.
func virtioDraws(device string) bool {
	files, _ := filepath.Glob(filepath.Join(device, "virtio*/features"))
	for _, file := range append(files, filepath.Join(device, "features")) {
		if features, err := os.ReadFile(file); err == nil && strings.HasPrefix(string(features), "1") {
			return true
		}
	}
	return false
}
