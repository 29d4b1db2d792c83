package main

// On Windows a service is stopped by the service manager, not by a signal.
import _ "golang.org/x/sys/windows/svc"
