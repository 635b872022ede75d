// A sample that the headers-alone test must reject: it uses std::string and leaves the include to others.
#pragma once

inline std::string greeting() { return "hello"; }
