// Shape prints figures of the code's shape: how many places do what one should, and how large things are. Each is
// counted in the syntax tree of the files that are not tests, under every build tag, so that nobody has to keep a list.
//
//	go run . [-C ROOT] [-v]
//
// prints a line a figure with what is wanted of it; -v prints what was found below each, with file and line. What is
// counted:
//
//   - Places that build a simulator's configuration: composite literals of models/sim's Config, also in that package.
//   - Estimators of what a request costs: functions that take measured runs (a Table, Record, Run or Calibration, or
//     several) and return what a request costs (a type named cost, overhead, demand or deployment, or queueing.Open,
//     whose Service is it), but for those that call another one for it.
//   - Interval types: structs with an estimate and its Low and High, or with a Mean and its Half, all float64. Forms in
//     which one is written as JSON (their name ends so) do not count.
//   - Medians: functions named so that make a number of a list, those named quantile of a list of numbers, and those that
//     index a list at a half.
//   - Files outside its folder that a new class edits: files that list classes by name. A list is two or more different
//     names in cases, comparisons, keys of maps and lists of strings of one file, or three in a row in one string.
//     models/catalog, where the two lists stand, and claims do not count. Whoever counts by reading finds those too
//     that single one class out, of which a new one may be a second: see the next line.
//   - Class names as literals: string literals that are a class's name, outside the folders of classes, claims,
//     models/catalog, and declared lists of what to measure: literals of a slice or array of structs.
//   - External packages linked by models/gthread: what go list -deps says that is neither the standard library's own nor
//     ours; those that the standard library has taken from elsewhere (vendor/) count.
//   - Lines of code: those that hold something that is no comment; a string of several lines counts by its lines.
//   - Doc comments a declaration: of types, functions, methods and top-level groups of constants and variables, how many
//     have one.
//   - Functions of cmd/workerlab that are not flags, exit codes or wiring: wiring takes or returns a *cobra.Command, a
//     flag set, a set of flags (a type whose name ends in Flags or Options) or a writer or reader; is a method of a set
//     of flags, of a flag's value, of an error, or of what holds a writer to show progress; or is main's own (main, run,
//     exitCode, usage).
//   - Largest package: the one of most files, tests apart.
//
// A folder of a class is one below models with a worker_linux.go; its class's names are what it gives as Name, Alias,
// Aliases and Gunicorn, by literals or by constants, whose declarations do not count. A folder of a claim is one below experiments with a variable Experiment.
package main
