"""Rules over modules, their checksums, vendor trees and workspaces."""
