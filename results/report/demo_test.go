package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// largeReport is of the size that reports are promised for: 25 claims with about 40 figures of every
// kind, and every word in both languages.
func largeReport() *Report {
	rep := demoReport()
	first := rep.Claims[0]
	rep.Claims = nil
	rep.Manifest.Versions = map[string]string{"workerlab": "v1"}
	rep.Manifest.Warnings = []string{"the hypervisor takes 0.12 of a core"}
	outcomes := results.Outcomes()
	for i := range 25 {
		c := first
		id := fmt.Sprintf("claim-%d", i+1)
		c.Verdict.ID, c.Verdict.Outcome = id, outcomes[i%4]
		c.Explanation, c.ExplanationKorean = essay, essayKorean
		c.Verdict.Why = text.Of("Waiting requests (D %s): 8 workers serve %s as many as 1.", "1.34 ms", "7.90 × (7.83–7.98)")
		for k := range 8 {
			e := results.Effect{Name: text.Of("effect beside it, number %d", k), Unit: "×", Interval: iv(1.5, 1.4, 1.6)}
			c.Verdict.Others = append(c.Verdict.Others[:k:k], e)
		}
		c.Figures = nil
		for k := range 1 + (i+1)%2 + i%5/4 {
			figure := demoFigures()[(i+k)%len(demoFigures())]
			figure.ID = fmt.Sprintf("%s-%d-%d", figure.ID, i, k)
			c.Figures = append(c.Figures, page.Figure{Chart: figure, File: "figures/" + figure.ID + ".svg"})
		}
		rep.Claims = append(rep.Claims, c)
	}
	korean, err := Korean()
	if err != nil {
		panic(err) // ko.json is embedded
	}
	rep.Korean = korean
	for english, translated := range demoKorean {
		rep.Korean[english] = translated
	}
	return rep
}

var demoKorean = text.Catalogue{
	"Under sync, X(8)/X(1) ≥ 6.":                                "sync에서 X(8)/X(1) ≥ 6이다.",
	"throughput of 8 workers against 1":                         "워커 8개의 처리량 ÷ 1개의 처리량",
	"server and generator shared cores":                         "서버와 부하 발생기가 코어를 함께 썼다",
	"More workers, the folklore says.":                          "워커는 많을수록 좋다고들 한다.",
	"Waiting requests (D %s): 8 workers serve %s as many as 1.": "기다리는 요청(D %s)에서 워커 8개의 처리량은 1개의 %s이다.",
	"effect beside it, number %d":                               "함께 본 효과 %d",
	"lag":                                                       "지연",
	"steal | 7 % of a core":                                     "하이퍼바이저가 코어의 7 %를 가져감",
	"Throughput":                                                "처리량",
	"workers":                                                   "워커 수",
	"throughput (requests/s)":                                   "처리량 (요청/s)",
	"W/(D+I)":                                                   "W/(D+I)",
	"Requests lost when one worker of four is killed":           "워커 넷 중 하나를 죽였을 때 잃은 요청",
	"requests lost per kill":                                    "한 번에 잃은 요청 수",
	"worker class and size":                                     "워커 종류와 크기",
	"gthread, one worker with four threads":                     "gthread, 스레드가 넷인 워커 하나",
	"theory":                                                    "이론",
	"Where the rule of thumb is the best choice":                "어림 규칙이 가장 나은 선택인 곳",
	"share of the time spent waiting":                           "기다리는 시간의 비율",
	"Throughput, as a share of the best":                        "가장 나은 것에 견준 처리량",
	"two workers a core and one":                                "코어당 워커 둘에 하나 더",
	"Answers while all workers restart":                         "모든 워커가 다시 시작하는 동안의 응답",
	"time (s)":                                                  "시간 (s)",
	"answers (requests/s)":                                      "응답 (요청/s)",
	"without jitter":                                            "지터 없음",
	"with jitter":                                               "지터 있음",
	"Throughput, latency and memory against workers":            "워커 수에 따른 처리량, 지연 시간, 메모리",
	"Latency":                   "지연 시간",
	"median response time (ms)": "응답 시간 중앙값 (ms)",
	"sync, requests that wait (1 ms + 20 ms)":                             "sync, 기다리는 요청 (1 ms + 20 ms)",
	"The memory of a worker is read once it has come to rest (8 blocks).": "워커의 메모리는 안정된 뒤에 읽었다 (블록 8개).",
}

var (
	essay = "More workers serve more requests at once.\n\nThe claim. " + strings.Repeat("Where requests mostly wait, eight workers serve at least six times as many as one. ", 6) +
		"\n\nThe theory. W saturated workers are W jobs in a closed network, whose throughput is exactly\n\n\tX(W) = G(W−1)/G(W),  G(n) = Σ k=0…n  D^k/β(k) · I^(n−k)/(n−k)!\n\n(Baskett, Chandy, Muntz, Palacios 1975). " +
		strings.Repeat("The rule of thumb overstates the eight. ", 8) + "\n\nWhat is measured. " + strings.Repeat("Throughput of sync with W workers, saturated by 64 clients. ", 8)
	essayKorean = "워커가 많을수록 한꺼번에 더 많은 요청을 처리한다.\n\n주장. " + strings.Repeat("요청이 주로 기다리는 경우 워커 8개는 1개의 6배 이상을 처리한다. ", 6) +
		"\n\n이론. 포화된 워커 W개는 닫힌 대기 행렬망의 작업 W개이며 처리량은 정확히 다음과 같다.\n\n\tX(W) = G(W−1)/G(W),  G(n) = Σ k=0…n  D^k/β(k) · I^(n−k)/(n−k)!\n\n(Baskett, Chandy, Muntz, Palacios 1975). " +
		strings.Repeat("어림 규칙은 8개의 처리량을 부풀린다. ", 8) + "\n\n측정. " + strings.Repeat("클라이언트 64개로 포화시킨 sync 워커 W개의 처리량을 잰다. ", 8)
)

// demoFigures are one of each kind.
func demoFigures() []chart.Chart {
	return []chart.Chart{curve("Throughput", "throughput (requests/s)", false), named(), heat(), course(), sideBySide()}
}

func curve(title, label string, logarithmic bool) chart.Chart {
	c := chart.Chart{
		ID: "curve", Title: title, XLabel: "workers", YLabel: label, LogX: logarithmic, LogY: logarithmic,
		Caption: "The memory of a worker is read once it has come to rest (8 blocks).",
	}
	for k, name := range []string{"sync, requests that wait (1 ms + 20 ms)", "gthread", "gevent"} {
		s := chart.Series{Name: name}
		for w := 1; w <= 32; w *= 2 {
			y := 40 * float64(w) / (1 + 0.03*float64((k+1)*w))
			s.X, s.Y = append(s.X, float64(w)), append(s.Y, iv(y, 0.95*y, 1.06*y))
			s.Raw = append(s.Raw, []float64{0.96 * y, y, 1.03 * y, 1.01 * y})
		}
		c.Series = append(c.Series, s)
	}
	theory := chart.Series{Name: "theory", Kind: chart.Line, Like: "gthread"}
	for w := 1; w <= 32; w++ {
		theory.X, theory.Y = append(theory.X, float64(w)), append(theory.Y, stat.Interval{Estimate: 40 * float64(w) / (1 + 0.06*float64(w))})
	}
	c.Series = append(c.Series, theory)
	return c
}

func named() chart.Chart {
	c := chart.Chart{
		ID: "named", Title: "Requests lost when one worker of four is killed", XLabel: "worker class and size", YLabel: "requests lost per kill",
		Categories: []string{"sync 4×1", "gthread, one worker with four threads", "gevent 4", "asgi 4", "tornado 4"},
	}
	s, theory := chart.Series{Name: "kill"}, chart.Series{Name: "theory", Kind: chart.Line}
	for i := range c.Categories {
		x, y := float64(i), float64(i%3)+0.5
		s.X, s.Y, s.Raw = append(s.X, x), append(s.Y, iv(y, y-0.4, y+0.5)), append(s.Raw, []float64{y, y + 0.2})
		theory.X, theory.Y = append(theory.X, x), append(theory.Y, stat.Interval{Estimate: y + 0.1})
	}
	c.Series = []chart.Series{s, theory}
	return c
}

func heat() chart.Chart {
	h := &chart.Heat{X: []string{"1", "2", "3", "5", "8"}, Y: []string{"0 %", "50 %", "80 %", "95 %"}, Unit: "share", Marks: "two workers a core and one"}
	for row := range h.Y {
		var z []float64
		for column := range h.X {
			z = append(z, 1/(1+math.Abs(float64(row-column))))
		}
		h.Z, h.Mark = append(h.Z, z), append(h.Mark, []bool{false, false, false, true, false})
	}
	h.Z[0][4] = math.NaN()
	return chart.Chart{
		ID: "heat", Title: "Where the rule of thumb is the best choice", Heat: h,
		XLabel: "workers", YLabel: "share of the time spent waiting", Caption: "Throughput, as a share of the best",
	}
}

func course() chart.Chart {
	c := chart.Chart{ID: "course", Title: "Answers while all workers restart", XLabel: "time (s)", YLabel: "answers (requests/s)"}
	for _, name := range []string{"without jitter", "with jitter"} {
		s := chart.Series{Name: name, Kind: chart.Steps}
		for i := range 40 {
			y := 400 + 30*math.Sin(float64(i))
			if name == "without jitter" && i > 15 && i < 22 {
				y = 100
			}
			s.X, s.Y = append(s.X, (time.Duration(i)*50*time.Millisecond).Seconds()), append(s.Y, stat.Interval{Estimate: y})
		}
		c.Series = append(c.Series, s)
	}
	return c
}

func sideBySide() chart.Chart {
	left, right := curve("Throughput", "throughput (requests/s)", false), curve("Latency", "median response time (ms)", true)
	return chart.Chart{ID: "beside", Title: "Throughput, latency and memory against workers", Panels: []chart.Chart{left, right}}
}
