// Package launch starts programs on given cores and ends them. What it promises:
//
//   - A program has the cores it was given, from its first instruction (Cores.Start).
//   - It has a process group of its own and does not outlive this process, whatever happens: the kernel
//     ends it with the thread that started it (Launcher).
//   - Process.Stop asks it to end and after a while kills it; no process of its group is left.
//   - Errors about it hold its last lines (Tail).
package launch
