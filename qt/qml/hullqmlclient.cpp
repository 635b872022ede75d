// The class is all in its header; this file gives its meta object a home.
#include "hullqmlclient.h"
