package capacity

import "context"

// Breaks is the rate from which on a size misses an objective, by the middle of what is predicted: found by
// halving, to 1 %. It is the ceiling where the objective is met up to there, and 0 where not even a
// hundredth of that meets it.
func (d *Deployment) Breaks(ctx context.Context, s Size, limit Latency, l Load, seed uint64) (float64, error) {
	met := func(rate float64) (bool, error) {
		l := l
		l.Rate, l.Clients, l.Schedule = rate, 0, nil
		o, err := d.PredictLoad(ctx, s, l, seed)
		return !o.Saturated && o.quantile(limit.Quantile).Value <= limit.Limit.Seconds(), err
	}
	ceiling := d.Ceiling(s).Throughput
	low, high := 0.01*ceiling, ceiling
	if ok, err := met(low); err != nil || !ok {
		return 0, err
	}
	for high-low > 0.01*low {
		middle := (low + high) / 2
		ok, err := met(middle)
		if err != nil {
			return 0, err
		}
		if ok {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}
