import FuzzSupport

/// Where the files lie that are tried. In a file of its own: Swift takes a lone file for a script.
let folder = FuzzingFolder()
