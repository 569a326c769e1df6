package analysis

// leastVariance is the square of the least relative standard deviation, 0.1 %, that a run's figure is
// taken to have, however well runs agree: they do by rounding (a window holds 80 requests or 81, memory
// comes in pages) or by chance, and an interval without width would then prove anything. On logarithms
// it is the floor of the residual itself, elsewhere it is times the figures' mean square.
//
// Of figures in steps much coarser than 0.1 %, see Sample.Step and MeanOn.
const leastVariance = 1e-3 * 1e-3

// meanSquareOf is the mean of the squares.
func meanSquareOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v
	}
	return sum / float64(len(values))
}

// leastResidual is the least variance that the logarithms of the samples are taken to have.
func leastResidual(samples []Sample) float64 {
	rounding := 0.0
	for _, s := range samples {
		rounding += s.Step * s.Step / (s.Value * s.Value) / 12 / float64(len(samples))
	}
	return max(leastVariance, rounding)
}
