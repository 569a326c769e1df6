package study

import (
	"context"
	"fmt"
	"math"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/scenario"
)

// Predict is what closed forms say of a scenario, and of what none has the simulation. It ends with ctx, whose cause it
// returns.
func Predict(ctx context.Context, s *scenario.Scenario, with Settings) (Report, error) {
	p := s.Predict()
	r := Report{Origin: "predicted", Note: fmt.Sprintf("Limited by the %s.", p.Limit)}
	r.Figures = append(r.Figures, exact("throughput at saturation", p.Throughput, "requests/s"))
	if s.Load.Clients == 0 {
		r.Figures = append(r.Figures, exact("load", s.Load.Rate/p.Throughput, "share"))
		if err := Unstable(s); err != nil {
			r.Note = err.Error()
			return r, nil
		}
	}
	if p.Declined != "" {
		return r.simulated(ctx, s, p, with)
	}
	if s.Load.Clients > 0 {
		r.Figures = append(r.Figures, exact("throughput", p.Served, "requests/s"))
	}
	mean, how := exact(meanResponse, p.Response, "seconds"), "which is exact"
	if p.Off > 0 {
		mean.Value.Low, mean.Value.High, mean.Value.Confidence = (1-p.Off)*p.Response, (1+p.Off)*p.Response, 1
		how = fmt.Sprintf("which is off by at most %.2g %% here", 100*p.Off)
	}
	r.Figures = append(r.Figures, mean)
	r.Note += fmt.Sprintf(" The response is that of %s, %s.", p.Form, how)
	return r, nil
}

// simulated adds what the simulation says of what no form has.
func (r Report) simulated(ctx context.Context, s *scenario.Scenario, p models.Prediction, with Settings) (Report, error) {
	r.Note += fmt.Sprintf(" No closed form has the response: %s.", p.Declined)
	if err := Check(s, with); err != nil {
		r.Figures = append(r.Figures, exact(meanResponse, math.NaN(), "seconds"))
		r.Note += fmt.Sprintf(" It is not simulated either: %v.", err)
		return r, nil
	}
	simulated, err := Simulate(ctx, s, with)
	if err != nil {
		return r, err
	}
	for _, f := range simulated.Figures {
		if f.Name == meanResponse || f.Name == "throughput" && s.Load.Clients > 0 {
			f.Name += " (simulated)"
			r.Figures = append(r.Figures, f)
		}
	}
	r.Note += " Simulated: " + simulated.Note + "."
	return r, nil
}
