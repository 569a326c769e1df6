// Package server is the pre-fork server core: an arbiter that owns the listeners and keeps N worker
// processes alive, and the worker process that runs one worker class (package models).
package server
