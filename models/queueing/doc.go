// Package queueing holds the closed forms that the experiments are compared with. It uses nothing
// but the standard library, so it also builds for a browser.
//
// The central one is the closed network of a delay and C shared cores. N jobs alternate between a
// wait (mean I, everyone at once) and work (mean D, on C cores that share themselves equally among
// the jobs present, as the kernel's fair scheduler nearly does). W sync workers under saturation are
// such jobs, and so are T threads. The network has a product form (Baskett, Chandy, Muntz and
// Palacios, J. ACM 22(2), 1975), exact for any distribution of I and D:
//
//	β(k) = min(1,C)·min(2,C)· … ·min(k,C)
//	G(n) = Σ k=0…n  D^k/β(k) · I^(n−k)/(n−k)!
//	X(n) = G(n−1)/G(n)
//
// It differs from the back-of-the-envelope n/(D+I) because jobs queue for the cores long before the
// cores are busy all the time: with D = 2.5 ms, I = 20 ms and one core, 8 jobs reach 306/s, not 356.
//
// Beside it stand the open queues, where strangers arrive at random: M/M/c (Open), what one shared queue is
// worth against a queue for each server; M/G/c (General), the same for services of any law; a pool that the
// closed network stands for (Pool), also where clients come back (Finite); and an event loop (Loop). FirstCome
// is a queue followed job by job: what became of the very jobs that came.
//
// The rest are the operational laws, which hold for any system over any interval in which as much
// arrives as leaves (Denning and Buzen, ACM Computing Surveys 10(3), 1978).
//
// USL describes how throughput grows, and may fall again, with the number of clients where no
// mechanism is known: three numbers to be fitted to a sweep (results/regress.FitUSL).
package queueing
