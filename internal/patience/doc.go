// Package patience says how long a test waits for what has to happen: Limit where nobody else computes, and longer by as
// much as a computation takes longer where others do. A wait bounds a hang and decides nothing else; a bound that is a
// promise (killed within two seconds of the timeout) grows likewise (Grown), since it is promised to who has the cores.
package patience
