#pragma once

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <gdal_utils.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

// Header only: SwiftPM defines DEBUG for C targets but not for Swift's importer, and GDAL's handle types depend on it.

/// The version of the headers; a macro of macros, which Swift does not import.
static const int cgdal_compiled_version = GDAL_VERSION_NUM;

/// Bytes: `GDT_Byte` is an enumerator before 3.13 and a macro, invisible to Swift, afterwards.
static const GDALDataType cgdal_byte = GDT_Byte;

/// `GDALClose` returns nothing before 3.7, so a failure while closing is read from the error state.
static inline CPLErr cgdal_close(GDALDatasetH dataset) {
  CPLErrorReset();
  GDALClose(dataset);
  return CPLGetLastErrorType() >= CE_Failure ? CE_Failure : CE_None;
}

/// `GDALFlushCache` returns nothing before 3.7, so a failure while flushing is read from the error state.
static inline CPLErr cgdal_flush(GDALDatasetH dataset) {
  CPLErrorReset();
  GDALFlushCache(dataset);
  return CPLGetLastErrorType() >= CE_Failure ? CE_Failure : CE_None;
}

/// Reports an error through GDAL, as its own code would; `CPLError` is variadic.
static inline void cgdal_emit_error(CPLErr severity, int number, const char *message) {
  CPLError(severity, number, "%s", message);
}
