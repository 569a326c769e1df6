// Package slow holds clients that take their time, on real sockets: senders that let the head of a
// request trickle in byte by byte, posters that do so with its body, and readers that take the answer
// away no faster than a bad line would. They attack nothing by volume; what they cost a server is
// whatever serves them meanwhile.
//
// Guarantees:
//
//   - A client is never ahead of its schedule: of a head or a body of n bytes, byte i leaves no sooner than
//     i·Over/(n−1) after the first, and a reader asks for what comes after byte i no sooner than i·Over/n
//     after its answer began. It may be behind, and then catches up.
//   - Nothing hides a reader's slowness from the server but the kernel's buffers. The client's is 4 KiB,
//     asked for before the connection is made (the window is agreed upon then; Linux doubles the figure).
//     What the server's own send buffer takes (tcp_wmem, often up to 4 MiB) counts as sent: only an
//     answer well beyond it keeps a server waiting.
//   - A poster's head leaves in one piece, before the first byte of the body: from then on a server knows
//     all that it needs to call its application. What comes back counts only if it is as long as the body,
//     so an application that answers without reading is no success.
//   - All N connections stand before the first byte of any leaves, and Connected says so. From then on
//     each client asks once a connection, and begins anew with another when through.
//   - Once the context ends Run closes every connection, waits for every client and returns. What was
//     under way then counts neither as completed nor as failed.
package slow
