"""The pipeline that `init` installs: what is proposed for a repository, and the files it becomes."""
