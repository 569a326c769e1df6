package analysis

import (
	"os"
	"testing"

	"github.com/workerlab/workerlab/results"
)

func iv(e, l, h float64) results.Interval {
	return results.Interval{Estimate: e, Low: l, High: h, Confidence: 0.95}
}

func theory(ys ...float64) []results.Interval {
	var out []results.Interval
	for _, y := range ys {
		out = append(out, results.Interval{Estimate: y})
	}
	return out
}

const demoCaption = "AMD EPYC, 2 cores, 23.5 GiB, Linux 6.18.44; server on cpu 0, generator on cpu 1; seed 1; 3 blocks of 0.8 s, 64 closed-loop clients."

func demoCharts() []Chart {
	ws := []float64{1, 2, 4, 8}
	thr := Chart{
		Title: "Throughput", XLabel: "workers", YLabel: "throughput (requests/s)",
		Series: []Series{
			{Name: "sync, measured", X: ws, Y: []results.Interval{iv(43, 41, 45), iv(88, 85, 91), iv(164, 160, 170), iv(316, 305, 325)},
				Raw: [][]float64{{43, 44, 42}, {88, 90, 86}, {166, 163, 164}, {316, 322, 309}}},
			{Name: "exact closed network", Kind: Line, X: ws, Y: theory(44, 88, 170, 306), Like: "sync, measured"},
			{Name: "W/(D+I)", Kind: Line, X: ws, Y: theory(44.5, 89, 178, 356)},
			{Name: "sync, CPU-bound", X: ws[:3], Y: []results.Interval{iv(190, 180, 200), iv(192, 150, 700), iv(185, 178, 192)},
				Raw: [][]float64{{190, 200, 182}, {192, 190, 195}, {185, 186, 183}}},
		},
	}
	lat := Chart{
		Title: "Latency", XLabel: "workers", YLabel: "median response time (ms)", LogY: true, LogX: true,
		Series: []Series{
			{Name: "sync, measured", X: ws, Y: []results.Interval{iv(1450, 1400, 1500), iv(710, 700, 720), iv(380, 370, 390), iv(200, 190, 210)},
				Raw: [][]float64{{1450, 1440, 1420}, {710, 705, 720}, {390, 375, 380}, {200, 202, 0}}},
			{Name: "sync, CPU-bound", X: ws[:3], Y: []results.Interval{iv(330, 320, 340), iv(333, 320, 340), iv(346, 320, 350)}},
		},
	}
	mem := Chart{
		Title: "Memory", XLabel: "workers", YLabel: "memory of all processes, PSS (MiB)",
		Series: []Series{
			{Name: "sync, measured", X: ws, Y: []results.Interval{iv(29, 28.9, 29.1), iv(35, 34.9, 35.2), iv(47, 46, 48), iv(70, 69, 71)}},
		},
	}
	single := thr
	single.ID, single.Title, single.Caption = "single", "workers-concurrency: more workers serve more requests at once, up to what the CPU allows", demoCaption
	cats := Chart{
		ID: "cats", Title: "worker-isolation: requests lost when one of four workers is killed", Caption: demoCaption,
		YLabel: "requests lost per kill", XLabel: "worker class and size (processes × threads)",
		Categories: []string{"sync 4×1", "gthread 4×1", "gthread 1×4", "gevent 4", "asyncio 4", "tornado 4"},
		Series: []Series{
			{Name: "quick", X: []float64{0, 1, 2, 3, 4, 5}, Y: []results.Interval{iv(1, 0.2, 2), iv(0, 0, 1.2), iv(3.5, 2.6, 4.4), iv(1, 0.5, 1.6), iv(0.7, 0.1, 1.4), iv(1, 0.1, 1.4)},
				Raw: [][]float64{{1, 1}, {0, 0}, {3, 4}, {1, 1}, {0, 1}, {1, 1}}},
			{Name: "preload", X: []float64{0, 1, 2, 3}, Y: []results.Interval{iv(1, 0.2, 2), iv(0, 0, 1.2), iv(3.5, 2.6, 4.4), iv(1, 0.5, 1.6)},
				Raw: [][]float64{{1, 1}, {0, 0}, {3, 4}, {1, 1}}},
			{Name: "expected λ(D+I)/W", Kind: Line, X: []float64{0, 1, 2, 3}, Y: theory(0.5, 0.5, 2, 0.5)},
		},
	}
	long := cats
	long.ID = "tilted"
	long.Categories = []string{"sync-with-keepalive", "gthread-worker-connections", "gevent-exclusive-accept", "eventlet-reuse-port", "asyncio-something", "tornado-blocking-app"}
	return []Chart{
		single,
		{ID: "panels3", Title: "Throughput, latency and memory against workers (sync, 20 ms of waiting per request)", Caption: demoCaption, Panels: []Chart{thr, lat, mem}},
		{ID: "panels2", Title: "Throughput and memory against workers", Caption: demoCaption, Panels: []Chart{thr, mem}},
		cats, long,
	}
}

func TestDemo(t *testing.T) {
	dir := os.Getenv("CHARTS")
	if dir == "" {
		t.Skip()
	}
	for _, c := range demoCharts() {
		if err := c.WritePNG(dir + "/" + c.ID + ".png"); err != nil {
			t.Fatal(err)
		}
		if err := c.WriteSVG(dir + "/" + c.ID + ".svg"); err != nil {
			t.Fatal(err)
		}
	}
}
