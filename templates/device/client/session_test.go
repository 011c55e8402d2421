package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const twoOutputs = `[
  {"name":"HDMI-A-1","enabled":true,"modes":[{"width":1280,"height":720,"preferred":true,"current":true},{"width":1920,"height":1080}]},
  {"name":"DP-1","enabled":true,"modes":[{"width":1024,"height":768,"preferred":true,"current":true}]}
]`

func TestArrangement(t *testing.T) {
	var outputs []Output
	if err := json.Unmarshal([]byte(twoOutputs), &outputs); err != nil {
		t.Fatal(err)
	}
	for _, each := range []struct {
		what     string
		monitors []Monitor
		want     string
		remarks  int
	}{
		{"all outputs alike", []Monitor{{Path: "/"}}, "--output HDMI-A-1 --on --pos 0,0 --output DP-1 --on --pos 1280,0", 0},
		{
			"a known mode, and the other output off",
			[]Monitor{{Names: []string{"HDMI-A-1"}, Resolution: "1920x1080"}},
			"--output HDMI-A-1 --on --mode 1920x1080 --output DP-1 --off", 0,
		},
		{
			"an unknown mode, turned clockwise",
			[]Monitor{{Names: []string{"DP-1"}, Resolution: "800x480", Transform: "90"}},
			"--output DP-1 --on --custom-mode 800x480 --transform 270 --output HDMI-A-1 --off", 0,
		},
		{
			"side by side in the order of the monitors; a turned one is as wide as it was high",
			[]Monitor{{Names: []string{"DP-1"}, Transform: "270"}, {Names: []string{"HDMI-A-1"}}},
			"--output DP-1 --on --transform 90 --pos 0,0 --output HDMI-A-1 --on --pos 768,0", 0,
		},
		{
			"who has no name gets what is left",
			[]Monitor{{}, {Names: []string{"HDMI-A-1"}}},
			"--output DP-1 --on --pos 0,0 --output HDMI-A-1 --on --pos 1024,0", 0,
		},
		{"an unknown output", []Monitor{{Names: []string{"VGA-1"}}}, "", 1},
	} {
		arguments, remarks := arrangement(outputs, each.monitors)
		if got := strings.Join(arguments, " "); got != each.want || len(remarks) != each.remarks {
			t.Errorf("%s: %s %v", each.what, got, remarks)
		}
	}
}

func TestArrangesOnlyWhatIsAsked(t *testing.T) {
	if needsArranging([]Monitor{{Path: "/"}}) {
		t.Error("nothing is said")
	}
	if !needsArranging([]Monitor{{Transform: "180"}}) || !needsArranging([]Monitor{{}, {}}) {
		t.Error("something is said")
	}
}

func TestTransforms(t *testing.T) {
	for clockwise, wayland := range map[string]string{
		"": "", "0": "normal", "normal": "normal", "90": "270", "180": "180", "270": "90",
		"flipped": "flipped", "flipped-90": "flipped-270", "flipped-180": "flipped-180", "flipped-270": "flipped-90",
	} {
		if got, turned := wlTransform(clockwise); got != wayland || turned != strings.HasSuffix(clockwise, "90") && turned != strings.HasSuffix(clockwise, "270") {
			t.Errorf("%s: %s %v", clockwise, got, turned)
		}
	}
}

func TestBoardTurnsScreen(t *testing.T) {
	monitors := []Monitor{{Path: "/"}, {Path: "/", Transform: "180"}}
	got := turned(monitors, "90")
	if got[0].Transform != "90" || got[1].Transform != "180" || !needsArranging(got[:1]) {
		t.Errorf("%v", got)
	}
	if monitors[0].Transform != "" {
		t.Error("the monitors themselves stay as they are")
	}
	for _, none := range []string{"", "sideways"} {
		if got := turned(monitors, none); got[0].Transform != "" {
			t.Errorf("%q: %v", none, got)
		}
	}
}
