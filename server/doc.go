// Package server is the pre-fork server core: an arbiter that owns the listeners and keeps N worker
// processes alive, and the worker process that runs one worker class (packages below models).
//
// Guarantees of the arbiter (Run):
//
//   - The listeners are opened once and stay open through respawns, reloads and upgrades, and stay
//     non-blocking for everybody who shares them.
//   - The number of serving workers returns to what was asked for: a lone death is made good at once, a
//     worker that dies at boot again and again is tried ever more slowly.
//   - A worker that has been silent for longer than the timeout, booting ones included, gets SIGABRT at
//     once and SIGKILL a second later.
//   - A worker is retired only when those that stay have booted, the oldest first, so reload and
//     scale-down lose no request as long as workers drain as Worker asks.
//   - No worker outlives its arbiter: each waits on a pipe that only the arbiter holds open.
//
// The semantics are gunicorn's (its arbiter.py), signal for signal:
//
//	TERM        graceful stop: listeners closed, workers drained, killed after the graceful timeout
//	INT, QUIT   quick stop
//	HUP         reload: logs reopened, new workers started, the old ones retired one for one
//	TTIN, TTOU  one worker more, one fewer
//	USR1        logs reopened
//	USR2        upgrade: the program is executed anew and serves beside the old one on the same sockets
//	WINCH       workers retired, arbiter kept
//
// It departs from gunicorn in three ways: a worker that hangs while booting is timed too, a reload
// keeps old workers until their successors serve, and deaths at boot are backed off from.
package server
