// Package queueinglaw: Erlang's formula tells how late a server answers, for one worker class.
//
// The claim. Where requests wait exponential times and cost little beside them, four sync workers answer
// on average within 10 % of what Erlang C says (M/M/4), at 50, 70 and 85 % load. Four gthread workers of
// one thread do not at 70 %, though they can serve as many at once. Nor do five sync workers whose requests
// compute on two cores. Both answer at least 10 % later than Erlang C says for as many servers.
//
// The theory. A sync worker accepts when it is idle. So W workers serve one queue in order of arrival,
// and with service time S and load ρ = λS/W (package queueing)
//
//	R = S·(1 + C(W, Wρ)/(W·(1−ρ)))      1.09·S, 1.36·S and 2.14·S at ρ = 0.5, 0.7 and 0.85
//
// where C is Erlang's delay formula. S is for how long a request holds its worker: its wait, and what it costs
// beside. What it takes besides that, in the kernel and at the client, is added to R and holds up nobody. The
// wait is exponential and the rest of S is not, so that the queue is M/G/W and its wait smaller, (1+c²)/2 of
// Erlang's for services of coefficient of variation c (Allen and Cunneen): 1 % of R.
//
// A gthread worker accepts whatever it sees: four private queues, R = S/(1−ρ) = 3.33·S at 70 % with equal random
// shares, and more, without bound, where the kernel's order of waking gives one of them too much. Workers that
// compute are no servers. The two cores are, and the workers share them: with D of CPU time a request, and
// ρ = λD/2 of the cores, nearly R = D/(1−ρ²) (M/G/2 with processor sharing, any law of D), 1.33·D at ρ = 0.5,
// where M/M/5 says D.
//
// A formula is of the long run, and a queue at 85 % forgets slowly: the mean of two seconds misses it by a
// third. So the run's own arrivals and demands are put through the recursion of Lindley (1952) and of Kiefer
// and Wolfowitz (1955; queueing.FirstCome): what the mean would have been of these very requests, in order of
// arrival before W servers. Run and recursion share their luck, and what is left between them is the
// server. Measured over recursion, times what the recursion comes to in the long run over Erlang C, is the
// run's mean without its sampling error (a control variate: Law, Simulation Modeling and Analysis, 11.4).
//
// What is measured. Requests that wait an exponential time of mean 20 ms, at random times (Poisson), a
// connection each, for four workers on one core; the generator draws each wait and puts it into the request, and
// every request's times are recorded. λ is the rate that there was. What a request costs is never measured in a
// run that is judged, but on two sync workers and requests that wait 20 ms: what it takes in all beyond its wait
// with a lone client, and what it holds a worker for with 32 clients, S = R·2/32 by Little's law. Were the first
// taken for the second, S would hold wake-ups that a busy worker does not need, and the formula would say up to
// 10 % more at 85 %. Both are taken for gthread's and computing requests too, where some tenths of a millisecond
// decide nothing. Those compute 5 ms, 200 a second, on two cores that the generator shares. Beside the verdict
// stand the plain quotients of measured mean and formula, with the intervals that a few seconds leave them.
package queueinglaw
