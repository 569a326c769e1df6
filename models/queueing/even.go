package queueing

import (
	"math"
	"math/cmplx"
)

// evenWait is the mean wait of M/D/c in services, where c servers are busy the share ρ < 1 of the time.
//
// The number in the system at moments a service apart obeys N' = (N−c)⁺ + A with A of Poisson's law and mean a = cρ, for
// whoever is in service at the one has left at the other, and nobody else (Crommelin, Post Office Electrical Engineers'
// Journal 25, 1932). Its generating function has c−1 zeros z_k of zᶜ = exp(a(z−1)) inside the unit circle to cancel,
// which leaves
//
//	E[N] = a + Σ k=1…c−1 1/(1−z_k) − (c(c−1) − a²)/(2(c−a))
//
// (Janssen and van Leeuwaarden, Statistica Neerlandica 62(3), 2008). Each z_k is a fixed point of
// z = exp(2πik/c + ρ(z−1)), which draws points of the circle together.
func evenWait(servers int, rho float64) float64 {
	c := float64(servers)
	a := c * rho
	jobs := a - (c*(c-1)-a*a)/(2*(c-a))
	for k := 1; k <= servers/2; k++ {
		z := zero(2*math.Pi*float64(k)/c, rho)
		share := 2.0 // z_{c−k} is its conjugate
		if 2*k == servers {
			share = 1
		}
		jobs += share * real(1/(1-z))
	}
	return max(0, jobs-a) / a
}

// zero is the root of z = exp(iφ + ρ(z−1)) in the unit circle, by Newton's method from where ρ = 0 has it.
func zero(phi, rho float64) complex128 {
	r := complex(rho, 0)
	z := cmplx.Exp(complex(0, phi) + r*(cmplx.Exp(complex(-rho, phi))-1))
	for range 100 {
		e := cmplx.Exp(complex(0, phi) + r*(z-1))
		step := (z - e) / (1 - r*e)
		if z -= step; cmplx.Abs(step) < 1e-15 {
			break
		}
	}
	return z
}
