import Testing

/// Everything about the program as a process. One test at a time: the processes compute, and what
/// they take from each other would make the moments of kills meaningless.
@Suite(.serialized) enum CommandTests {}
