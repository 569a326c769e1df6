package analysis

// leastVariance is the square of the least relative standard deviation, 0.1 %, that a run's figure is
// taken to have, however well runs agree: they do by rounding (a window holds 80 requests or 81, memory
// comes in pages) or by chance, and an interval without width would then prove anything. On logarithms
// it is the floor of the residual itself, elsewhere it is times the figures' mean square.
//
// It does not make up for figures in steps much coarser than 0.1 %: see MeanOn for those.
const leastVariance = 1e-3 * 1e-3

// meanSquareOf is the mean of the squares.
func meanSquareOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v
	}
	return sum / float64(len(values))
}
