// A sample that the layers test must reject: a file that belongs to no room.
#pragma once
