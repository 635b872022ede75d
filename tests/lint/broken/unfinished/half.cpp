// A sample that the tree test must reject.

int half() { return 0; }  // TODO: the other half
