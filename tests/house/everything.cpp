// Part of unit_single, so that its object holds all that the headers would put into any file of a program.
#include <dragline/dragline.hpp>
#include <dragline/testing.hpp>
