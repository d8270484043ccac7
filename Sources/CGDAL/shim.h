#pragma once
#include <gdal.h>
